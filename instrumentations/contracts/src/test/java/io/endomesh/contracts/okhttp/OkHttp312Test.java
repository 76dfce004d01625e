package io.endomesh.contracts.okhttp;

import io.endomesh.testkit.Library;

@Library(name = "OkHttp", staged = "okhttp-3.12")
class OkHttp312Test extends OkHttpVersion {}
