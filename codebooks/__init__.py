"""The codebooks that come with the pipeline: one TOML file each."""
