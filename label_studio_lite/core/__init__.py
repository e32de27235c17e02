"""Pure rules and data: no files, no network, no Flask, no clock but what is passed in."""
