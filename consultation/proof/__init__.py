"""What lets a member check that their answer was counted: plain bytes in, plain bytes out. No Django, no clock, no rows."""
