"""The walls of the house: who may write what, where things stand and how large they may become."""
