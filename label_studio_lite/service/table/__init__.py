"""Tasks as a table: columns, filtered and saved views, actions on many at once."""
