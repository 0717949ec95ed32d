"""Flink's SQL gateway and JobManager, spoken to over REST."""

import json
import time
import urllib.error
import urllib.request

GATEWAY = "http://127.0.0.1:18083"
JOB_MANAGER = "http://127.0.0.1:18081"
_POLL_SECONDS = 0.02


def is_up():
    try:
        with urllib.request.urlopen(GATEWAY + "/v1/info", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


class FlinkError(Exception):
    """A statement that Flink refused, or a job that failed; the text is Flink's whole answer."""


def request(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    call = urllib.request.Request(
        url, method=method, data=data, headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(call, timeout=120) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        answer = json.loads(error.read() or b"{}")
        raise FlinkError("\n".join(answer.get("errors", [str(error)]))) from error


class Result:
    def __init__(self):
        self.columns = []  # (name, logical type as the gateway describes it)
        self.rows = []  # (kind, fields)
        self.job = None


class Session:
    """One session of the gateway: its settings, tables and views."""

    def __init__(self, settings=None):
        answer = request(
            "POST", f"{GATEWAY}/v3/sessions", {"properties": settings or {}}
        )
        self.handle = answer["sessionHandle"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        request("DELETE", f"{GATEWAY}/v3/sessions/{self.handle}")

    def execute(self, statement, text=True, timeout_s=120):
        """Runs a statement to its end. `text`: values as Flink's command line prints them."""
        url = f"{GATEWAY}/v3/sessions/{self.handle}/statements"
        operation = request("POST", url, {"statement": statement})["operationHandle"]
        row_format = "PLAIN_TEXT" if text else "JSON"
        base = f"/v3/sessions/{self.handle}/operations/{operation}"
        page = f"{base}/result/0?rowFormat={row_format}"
        result = Result()
        deadline = time.monotonic() + timeout_s
        while page:
            answer = request("GET", GATEWAY + page)
            result.job = answer.get("jobID") or result.job
            if answer["resultType"] != "NOT_READY":
                self._take(answer["results"], result)
            if answer["resultType"] == "EOS":
                break
            page = answer.get("nextResultUri", page)
            if time.monotonic() > deadline:
                request("DELETE", f"{GATEWAY}{base}/close")
                raise TimeoutError(f"{statement}: no end within {timeout_s} s")
            time.sleep(_POLL_SECONDS)
        return result

    @staticmethod
    def _take(results, result):
        if not result.columns:
            result.columns = [(c["name"], c["logicalType"]) for c in results.get("columns", [])]
        result.rows += [(row["kind"], row["fields"]) for row in results.get("data", [])]


def job(job_id):
    return request("GET", f"{JOB_MANAGER}/jobs/{job_id}")


def wait_for_job(job_id, timeout_s=600):
    """The job's state once it has ended."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        state = job(job_id)["state"]
        if state in ("FINISHED", "FAILED", "CANCELED"):
            return state
        time.sleep(0.1)
    raise TimeoutError(f"job {job_id} has not ended within {timeout_s} s")


def failure_of(job_id):
    """The stack trace of a failed job."""
    answer = request("GET", f"{JOB_MANAGER}/jobs/{job_id}/exceptions")
    entries = answer["exceptionHistory"]["entries"]
    return entries[0]["stacktrace"] if entries else ""
