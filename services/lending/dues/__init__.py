"""What is due to a bank (应收清单): each unpaid instalment with its penalty up to a day of payment."""
