#include "population_internal.h"

static int check_network(const struct population_description *description, size_t which, struct error *why)
{
	const struct population_network *network = &description->networks[which];
	char text[ADDRESS_TEXT_MAX];
	address_format(&network->prefix, text);
	size_t bits = 8 * address_length(&network->prefix);
	if (bits == 0 || network->prefix_bits > bits || bits - network->prefix_bits > POPULATION_HOST_BITS_MAX)
		return error_set(why, ERR_INVALID, "network %s/%u: an IPv6 network is a /96 or longer", text,
				 network->prefix_bits);
	for (size_t bit = network->prefix_bits; bit < bits; bit++)
		if (network->prefix.bytes[bit / 8] >> (7 - bit % 8) & 1)
			return error_set(why, ERR_INVALID, "network %s/%u: the address has bits set behind the prefix", text,
					 network->prefix_bits);
	if (!(network->density >= 0 && network->density <= 1) || !(network->loss >= 0 && network->loss < 1))
		return error_set(why, ERR_INVALID, "network %s/%u: density and loss are shares from 0 to 1", text,
				 network->prefix_bits);
	if (network->rtt_min_ns > network->rtt_max_ns || network->rtt_max_ns > 60000000000ull ||
	    network->jitter_ns > 60000000000ull)
		return error_set(why, ERR_INVALID, "network %s/%u: round trips go from the shorter to the longer, up to 60 s",
				 text, network->prefix_bits);
	double sum = 0;
	for (size_t i = 0; i < network->share_count; i++) {
		const struct population_share *share = &description->shares[network->share_first + i];
		if (!(share->weight >= 0) || share->kind >= description->kind_count)
			return error_set(why, ERR_INVALID, "network %s/%u: share %zu is not of a kind", text,
					 network->prefix_bits, i + 1);
		sum += share->weight;
	}
	if (!(sum > 0))
		return error_set(why, ERR_INVALID, "network %s/%u: it has hosts of no kind", text, network->prefix_bits);
	return 0;
}

static int check_place(const struct population_description *description, size_t which, struct error *why)
{
	const struct population_place *place = &description->places[which];
	if (!(place->chance >= 0 && place->chance <= 1) || place->behaviour >= BEHAVIOUR_COUNT)
		return error_set(why, ERR_INVALID, "place %zu: a chance goes from 0 to 1", which + 1);
	double sum = 0;
	for (size_t i = 0; i < place->ports_count; i++) {
		const struct population_ports *ports = &description->ports[place->ports_first + i];
		if (ports->first > ports->last || !(ports->weight > 0))
			return error_set(why, ERR_INVALID, "place %zu: ports from %u to %u with weight %g", which + 1,
					 ports->first, ports->last, ports->weight);
		sum += ports->weight;
	}
	if (!(sum > 0))
		return error_set(why, ERR_INVALID, "place %zu: it is on no port", which + 1);
	return 0;
}

int population_check(const struct population_description *description, struct error *why)
{
	int error = 0;
	for (size_t i = 0; i < description->network_count && !error; i++)
		error = check_network(description, i, why);
	for (size_t i = 0; i < description->place_count && !error; i++)
		error = check_place(description, i, why);
	return error;
}
