"""The console: pages for people over the same store, through the same flow.

Server-rendered, readable without JavaScript, and loaded by a server at the first request for a page.
"""
