package io.endomesh.contracts.okhttp;

import io.endomesh.testkit.Library;

@Library(name = "OkHttp", staged = "okhttp-3.14")
class OkHttp314Test extends OkHttpVersion {}
