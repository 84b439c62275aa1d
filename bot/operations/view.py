"""The operator's view of this process: its probes and its figures, on a port of their own."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from importlib import metadata
from platform import python_version

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import generate_latest

from bot.domain.runtime.telemetry import Telemetry
from bot.domain.stores import MetadataStore
from bot.operations.health.connections import respond
from bot.operations.health.readiness import Conditions, DatabaseLook, look
from bot.operations.health.server import serve
from bot.operations.metrics.collector import Reading, StateCollector
from bot.operations.metrics.counting import CountingTelemetry
from bot.operations.metrics.loop_lag import LoopLag
from bot.operations.metrics.state import Parts, read_state
