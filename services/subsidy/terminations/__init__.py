"""How a batch ends that is not paid whole: returned after its approval, or its unpaid rest closed, by two persons."""
