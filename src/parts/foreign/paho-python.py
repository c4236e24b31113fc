# The child that is a device on Paho's Python client: connects as ordered, subscribes, publishes, and tells what it means to.
import base64
import datetime
import json
import os
import signal
import sys
import threading
import time

import paho.mqtt.client as mqtt

FAREWELL_S = 2.0

orders = json.loads(sys.stdin.readline())
publishes = orders.get("publishes")
resting = threading.Event()
ending = threading.Event()
started = threading.Event()


def new_client():
    about = {"client_id": orders["clientId"], "clean_session": orders["cleanSession"], "protocol": mqtt.MQTTv311}
    if hasattr(mqtt, "CallbackAPIVersion"):  # Paho 2
        return mqtt.Client(mqtt.CallbackAPIVersion.VERSION1, **about)
    return mqtt.Client(**about)


def publish(topic, payload, qos, retain):
    told = {
        "topic": topic,
        "qos": qos,
        "retain": retain,
        "payload": base64.b64encode(payload.encode()).decode(),
        "monotonicMs": time.monotonic_ns() / 1e6,
    }
    # At once: an intent is older than its packet.
    os.write(1, (json.dumps({"intent": told}) + "\n").encode())
    return client.publish(topic, payload, qos, retain)


def on_connect(client, userdata, flags, code):
    if code != 0:
        print("CONNACK with code", code, file=sys.stderr, flush=True)
        return
    if orders["filters"]:
        client.subscribe(list(orders["filters"].items()))
    if publishes:
        publish(publishes["topic"] + "/status", "online", 1, True)
    started.set()


def publish_values():
    started.wait()
    due = time.monotonic()
    seq = 0
    while not ending.is_set() and not resting.is_set():
        seq += 1
        now = datetime.datetime.now(datetime.timezone.utc)
        payload = json.dumps({"seq": seq, "sourceTime": now.isoformat(timespec="milliseconds")})
        publish(publishes["topic"] + "/value", payload, publishes["qos"], False)
        due += publishes["intervalMs"] / 1000
        ending.wait(max(0, due - time.monotonic()))


def listen():
    for line in sys.stdin:
        if json.loads(line).get("do") == "rest":
            resting.set()
    os._exit(0)  # stdin is closed: the bench is gone, kill -9 included.


client = new_client()
client.on_connect = on_connect
if orders.get("userName") is not None:
    client.username_pw_set(orders["userName"], orders.get("password"))
if publishes:
    client.will_set(publishes["topic"] + "/status", "offline", 1, True)
reconnect = orders["reconnect"]
client.reconnect_delay_set(reconnect["baseMs"] / 1000, reconnect["capMs"] / 1000)
signal.signal(signal.SIGTERM, lambda *_: ending.set())
client.connect_async(orders["host"], orders["port"], orders["keepAliveS"])
client.loop_start()
threading.Thread(target=listen, daemon=True).start()
if publishes:
    threading.Thread(target=publish_values, daemon=True).start()

while not ending.wait(3600):
    pass
if publishes and client.is_connected():
    try:
        # DISCONNECT discards the will.
        publish(publishes["topic"] + "/status", "offline", 1, True).wait_for_publish(FAREWELL_S)
    except (RuntimeError, ValueError):
        pass
client.disconnect()
client.loop_stop()
os._exit(0)
