import KeyreelCommands

await Keyreel.main()
