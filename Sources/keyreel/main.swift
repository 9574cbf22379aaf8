import KeyreelCommands

await KeyreelProgram.main()
