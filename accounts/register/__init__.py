"""The institute's register as a file: pure, without database and clock."""
