"""Clients of ML backends, both protocol generations behind one interface."""
