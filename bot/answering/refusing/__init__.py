"""Telling askers something other than an answer, such as a refusal or help, and many of them with few messages."""
