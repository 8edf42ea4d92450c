"""Insurance (保险): policies on loans, requests to insurers and their answers."""
