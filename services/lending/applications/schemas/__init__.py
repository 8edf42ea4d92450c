"""What goes in and out of applications, and of the public notices of them."""
