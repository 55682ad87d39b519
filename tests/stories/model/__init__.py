"""A small model of the service, written afresh from what AWS's documents and recordings say of it.

It imports nothing of cosell. It keeps everything in plain dictionaries, looks at all of it each time, and does one
thing after the other. Names that the service makes up (identifiers) it takes over from the answers, and checks only
that they are new. `world.py` says what there is, `service.py` which operation does what.
"""
