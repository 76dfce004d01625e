package io.endomesh.contracts.okhttp;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "OkHttp", staged = "okhttp-3.14", release = Release.BETWEEN)
class OkHttp314Test extends OkHttpVersion {}
