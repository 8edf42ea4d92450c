"""The benchmark's pure parts: judging and writing the table; the measurements themselves are the command's."""
