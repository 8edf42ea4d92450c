"""Applications taken back before the money is paid out (撤回申请): by one person, or by two once they are approved."""
