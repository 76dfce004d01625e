package io.endomesh.contracts.armeria;

import io.endomesh.testkit.Library;

@Library(name = "Armeria", staged = "armeria-oldest")
class ArmeriaOldestTest extends ArmeriaVersion {}
