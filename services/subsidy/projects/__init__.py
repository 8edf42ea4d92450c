"""Relief projects (扶贫项目): from the planning meeting to reimbursement, who answers and whose money it is."""
