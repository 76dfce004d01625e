package io.endomesh.contracts.okhttp;

import io.endomesh.testkit.Library;

@Library(name = "OkHttp", staged = "okhttp-5")
class OkHttp5Test extends OkHttpVersion {}
