"""Tests of what is told of an answer, from facts that are made up: no bot, no browser, no time that passes."""
