"""What tests of a service hold in their hands: the service in this process, its database, outbox and inbox."""
