"""
Benchmarks, which run the product in processes of their own and send it requests.

Code here may import `tests.backends` and `tests.e2e`, but never the product.
"""
