"""Fair use: how many questions may be asked, and how many were."""
