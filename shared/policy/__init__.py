"""A county's rules as data.

`terms` and `arrangements` hold the plain frozen dataclasses that rule functions take (standard library only);
`pack` is the checked model of a county's file; `load` reads a file and says what is wrong with it, line by line;
`difference` says in words what changed between two versions.
"""
