"""Checks of a set-up: can it reach its servers, write its files, and do its work?"""
