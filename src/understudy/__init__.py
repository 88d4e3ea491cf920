"""Understudy stands in for basket and checkout APIs, and judges implementations of them."""
