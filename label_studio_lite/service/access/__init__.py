"""The one user of a server: accounts, logins, tokens."""
