"""The log in one SQLite file, in WAL mode: the embedded store. Readers never wait for a writer; writers wait for each other."""

from __future__ import annotations

import itertools
import json
import os
import socket
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from graph.compaction import compact_log
from graph.errors import (
    ConfigurationError,
    InvalidInput,
    LeaseLost,
    LoadError,
    LoadInProgress,
    SourceChanged,
    StoreCorrupt,
    StoreError,
    StoreTimeout,
    StoreUnavailable,
)
