import Bootstrap

await Program.run(CommandLineTool.self)
