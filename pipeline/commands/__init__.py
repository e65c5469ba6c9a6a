"""Commands of `dhr` that have a module of their own: they parse, call and print, like `cli`."""
