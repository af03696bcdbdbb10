"""
Benchmarks, which run the product in processes of their own; most of them send it requests.

Code here may import `tests.backends` and `tests.e2e`, but not the product. Only `bench.jobs` imports
the product, in processes that it starts for this purpose.
"""
