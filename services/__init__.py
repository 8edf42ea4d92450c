"""The five services of the platform; they are strangers to each other and meet only by HTTP and events."""
