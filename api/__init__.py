"""
Shared by all endpoints: errors, fields, formats, throttling and the API description.

Code here may know HTTP, DRF and Redis, but no models and no other package. There is one exception:
`error_codes.py` loads the exceptions of all apps at run time.
"""
