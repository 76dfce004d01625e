package io.endomesh.contracts.okhttp;

import io.endomesh.testkit.Library;

@Library(name = "OkHttp", staged = "okhttp-4")
class OkHttp4Test extends OkHttpVersion {}
