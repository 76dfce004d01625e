package io.endomesh.contracts.okhttp;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "OkHttp", staged = "okhttp-4", release = Release.BETWEEN)
class OkHttp4Test extends OkHttpVersion {}
