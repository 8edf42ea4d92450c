"""Recoveries (追偿): what is collected after compensation, and the part that goes back to the fund."""
