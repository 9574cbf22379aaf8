print("keyreel")
