"""Groups of commands of `dhr`: they parse, call and print, like `pipeline.cli`."""
