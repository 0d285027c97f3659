import Bootstrap

Program.run(CommandLineTool.self)
