/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/** A container in the host's network, so that the server's addresses are the same as those of a process. */
final class RedisContainer implements RedisRuntime {

    private static final String FOLDER = "/data";

    private final GenericContainer<?> container;

    RedisContainer(List<String> arguments, Map<String, byte[]> files) {
        container = new GenericContainer<>(DockerImageName.parse(RedisServer.image()))
                .withNetworkMode("host")
                .withCommand(arguments.stream()
                        .map(argument -> argument.replace("{dir}", FOLDER))
                        .toArray(String[]::new));
        files.forEach(
                (name, content) -> container.withCopyToContainer(Transferable.of(content, 0666), FOLDER + "/" + name));
    }

    @Override
    public void start() {
        if (container.getContainerId() == null) {
            container.start();
            return;
        }
        container
                .getDockerClient()
                .startContainerCmd(container.getContainerId())
                .exec();
    }

    @Override
    public void kill() {
        container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
        while (Boolean.TRUE.equals(
                container.getCurrentContainerInfo().getState().getRunning())) {
            RedisServer.sleep(10);
        }
    }

    @Override
    public void freeze() {
        container
                .getDockerClient()
                .pauseContainerCmd(container.getContainerId())
                .exec();
    }

    @Override
    public void thaw() {
        container
                .getDockerClient()
                .unpauseContainerCmd(container.getContainerId())
                .exec();
    }

    @Override
    public String run(List<String> command, long timeoutMillis) {
        try {
            ExecResult result = container.execInContainer(command.toArray(String[]::new));
            if (result.getExitCode() != 0) {
                throw new IllegalStateException(command + " failed: " + result.getStdout() + result.getStderr());
            }
            return result.getStdout();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String output() {
        return container.getLogs();
    }

    @Override
    public void close() {
        container.stop();
    }
}
