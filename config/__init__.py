"""
Settings, URLs and the ASGI entry point: wiring only.

Code here may import every package, and no package imports it.
"""
