#!/usr/bin/env python3
"""Creates a video and polls its task, as scripts for MoneyPrinterTurbo do.

Uses only calls and fields that MoneyPrinterTurbo has too, and only Python's standard library.
Run it while `npm run dev` is running:

    python3 examples/poll.py [CLIP ...]

Each CLIP is a video or image file; the default is samples/dusk.mp4. The videos are saved in the current folder.

Environment:
    BASE     address of the service; default http://localhost:8080
    API_KEY  API key, if the service asks for one
"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path

BASE = os.environ.get("BASE", "http://localhost:8080")
SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "dusk.mp4"
PROCESSING, SUCCESS = 4, 1


def call(method, path, body=None, content_type="application/json"):
    """Sends a request and returns `data` of the response."""
    headers = {"content-type": content_type} if body is not None else {}
    if os.environ.get("API_KEY"):
        headers["x-api-key"] = os.environ["API_KEY"]
    request = urllib.request.Request(BASE + path, data=body, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request) as response:
            return json.load(response)["data"]
    except urllib.error.HTTPError as error:
        reason = error.read().decode(errors="replace")
        raise RuntimeError(f"{method} {path} answered {error.code}: {reason}") from error


def upload(path):
    """Uploads a clip as a form and returns the name to use in a request."""
    boundary = uuid.uuid4().hex
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{path.name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = head.encode() + path.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    return call("POST", "/api/v1/video_materials", body, f"multipart/form-data; boundary={boundary}")["file"]


def wait_for(task_id):
    """Polls a task until it has ended and returns it."""
    while True:
        task = call("GET", f"/api/v1/tasks/{task_id}")
        if task["state"] != PROCESSING:
            return task
        print(f"Progress: {task['progress']} %", flush=True)
        time.sleep(1)


def main():
    clips = [Path(name) for name in sys.argv[1:]] or [SAMPLE]
    materials = [{"provider": "local", "url": upload(clip)} for clip in clips]
    request = {
        "video_subject": "A first video",
        "video_script": "Edgereel makes short videos at the edge.",
        "video_source": "local",
        "video_materials": materials,
        "video_aspect": "9:16",
        "video_concat_mode": "sequential",
        "video_clip_duration": 2,
        "video_count": 1,
        "subtitle_enabled": True,
    }
    task_id = call("POST", "/api/v1/videos", json.dumps(request).encode())["task_id"]
    print(f"Created task {task_id}", flush=True)

    task = wait_for(task_id)
    if task["state"] != SUCCESS:
        raise RuntimeError(f"the task failed: {task['error']}")
    for url in task["videos"]:
        name = Path(urllib.parse.urlparse(url).path).name
        urllib.request.urlretrieve(url, name)
        print(f"Saved {name}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except (OSError, RuntimeError) as error:
        sys.exit(f"Error: {error}")
