import ServeCommands

await ServeProgram.main()
