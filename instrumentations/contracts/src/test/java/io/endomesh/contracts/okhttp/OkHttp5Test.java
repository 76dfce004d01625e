package io.endomesh.contracts.okhttp;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "OkHttp", staged = "okhttp-5", release = Release.NEWEST)
class OkHttp5Test extends OkHttpVersion {}
