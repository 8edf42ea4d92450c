"""Rules (规则) that two services apply: each clause has one function here, and worked examples run the same one."""
