#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIPE_BYTES (1 << 20)
#define EXIT_STUCK 71
#define EXIT_ORPHAN 72

static void close_pair(const int pair[2])
{
	for (int i = 0; i < 2; i++) {
		if (pair[i] >= 0)
			close(pair[i]);
	}
}

/* The kernel ends us with our parent, unless it was gone before we could ask for that. */
static void follow_parent(int parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_ORPHAN);
}

static void ignore_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		signal(numbers[i], SIG_IGN);
}

static void close_others(const struct child *child)
{
	for (const struct child *other = child->next; other && other != child; other = other->next) {
		if (other->pid)
			close_pair((int[]){ other->pipe, other->control });
	}
}

int child_start(struct child *child, child_fn run, void *owner, struct error *why)
{
	int pipes[2] = { -1, -1 }, controls[2] = { -1, -1 }, parent = getpid();
	if (pipe2(pipes, O_CLOEXEC) < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, controls) < 0) {
		int error = error_errno(why, "cannot make the ways to a worker");
		close_pair(pipes);
		return error;
	}
	fcntl(pipes[1], F_SETPIPE_SZ, PIPE_BYTES); /* where that is too much, it stays as it is */
	int pid = fork();
	if (pid == 0) {
		ignore_signals();
		follow_parent(parent);
		close(pipes[0]);
		close(controls[0]);
		close_others(child);
		_exit(run(owner, pipes[1], controls[1]));
	}
	int error = pid < 0 ? error_errno(why, "cannot start a worker") : 0;
	if (error) {
		close_pair(pipes);
		close_pair(controls);
		return error;
	}
	close(pipes[1]);
	close(controls[1]);
	fcntl(pipes[0], F_SETFL, O_NONBLOCK);
	*child = (struct child){ .pid = pid, .pipe = pipes[0], .control = controls[0], .next = child->next };
	return 0;
}

int child_order(const struct child *child, const struct order *order)
{
	return send(child->control, order, sizeof *order, MSG_NOSIGNAL) == sizeof *order ? 0 : ERR_AGAIN;
}

bool child_last_words(const struct child *child, struct last_words *out)
{
	ssize_t count = recv(child->control, out, sizeof *out, MSG_TRUNC);
	/* It ended with orders unread, which is said first, and once. */
	if (count < 0 && errno == ECONNRESET)
		count = recv(child->control, out, sizeof *out, MSG_TRUNC);
	return count == sizeof *out;
}

bool child_reap(struct child *child, char how[80])
{
	int status = 0;
	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	close(child->pipe);
	close(child->control);
	child->pid = 0;
	if (WIFSIGNALED(status))
		snprintf(how, 80, "killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) == EXIT_STUCK)
		snprintf(how, 80, "a script did not let go of it");
	else
		snprintf(how, 80, "exit status %d", WEXITSTATUS(status));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void child_kill(const struct child *child)
{
	if (child->pid)
		kill(child->pid, SIGKILL);
}

int child_take_order(int control, struct order *out)
{
	ssize_t count = recv(control, out, sizeof *out, MSG_TRUNC);
	if (count == sizeof *out)
		return 0;
	return count < 0 && (errno == EAGAIN || errno == EINTR) ? ERR_AGAIN : ERR_CLOSED;
}

void child_give_up(int control, const struct last_words *words)
{
	send(control, words, sizeof *words, MSG_NOSIGNAL);
	_exit(EXIT_STUCK);
}
